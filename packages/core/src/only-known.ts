import { optionError, unknownOption } from './errors.ts'

/** Refuses what is no object of these options: a misspelt one would be ignored. */
export function onlyKnown(
  name: string,
  given: unknown,
  known: readonly string[],
  remedy = 'an object',
): void {
  const unknown = unknownKey(name, given, known, remedy)
  if (unknown !== undefined)
    throw unknownOption(`${name}.${unknown}`, Reflect.get(given as object, unknown), known)
}

/** The first that is not known. Throws for what is no object. */
export function unknownKey(
  name: string,
  given: unknown,
  known: readonly string[],
  remedy = 'an object',
): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw optionError(name, remedy, given)
  return Object.keys(given).find((key) => !known.includes(key))
}
