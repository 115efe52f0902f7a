/** Anything with pino's four methods: pino, Fastify's logger, or four functions of your own. */
export interface Logger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** A logger that throws must not stop a drain, nor become the error of a request. */
export function guardLogger(logger: Logger): Logger {
  const guard =
    (level: keyof Logger): Logger[typeof level] =>
    (details, message) => {
      try {
        logger[level](details, message)
      } catch {
        // There is nobody left to tell.
      }
    }
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') }
}
