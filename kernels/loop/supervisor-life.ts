/** Who started this process; told exactly once the supervisor's region is open. */
let supervisorPid = process.ppid

/** Tells whose child this process is meant to be: the supervisor may have died before this process could see that it did. */
export function followSupervisor(pid: number): void {
  supervisorPid = pid
}

/** Whether the supervisor has died: the child of a dead process is another's. */
export function isOrphaned(): boolean {
  return process.ppid !== supervisorPid
}
