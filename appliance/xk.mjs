#!/usr/bin/env node
import { existsSync } from 'node:fs'

const bundle = new URL('../dist/xk.main.js', import.meta.url)
if (existsSync(bundle)) await import(bundle.href)
else {
  console.error('xk is not built: run npm run build')
  process.exitCode = 4
}
