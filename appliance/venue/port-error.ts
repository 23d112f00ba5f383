import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

/** What a port that cannot be opened is told as. @param what such as "the port of order entry" */
export function portError(error: NodeJS.ErrnoException, what: string, host: string, port: number): XkError {
  const isBusy = error.code === 'EADDRINUSE'
  return new XkError({
    code: 'venue-port',
    what: `${what} cannot be opened: ${isBusy ? 'another program has it' : error.message}`,
    where: `${host}:${port}`,
    next: isBusy
      ? 'name another, or 0 for any that is free'
      : 'name an address of this machine, and a port that may be opened',
    exitCode: isBusy ? ExitCode.Busy : ExitCode.Host,
    cause: error,
  })
}
