/** What `hangup` of the adapter in question is: `run.ts` has made one file of it. */
exports.hangup = require(process.env.HANGUP_ADAPTER).hangup
/** No signal handlers in a process that tests, and a drain that a test can wait for. */
exports.options = {
  signals: false,
  drain: { graceMs: 500, abortMs: 200, closeMs: 2_000, idleGraceMs: 50 },
}
