export type Field = readonly [name: string, value: string]

/** By lower-case name; repeated fields are joined by `', '`. */
export function joinFields(fields: Iterable<Field>): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [given, value] of fields) {
    const name = given.toLowerCase()
    joined[name] = name in joined ? `${joined[name]}, ${value}` : value
  }
  return joined
}
