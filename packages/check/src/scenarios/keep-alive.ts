import type { Rehearsal } from '../rehearsal.ts'

export function unfitWithoutKeepAlive({ keepsAlive }: Rehearsal): string | undefined {
  return keepsAlive ? undefined : 'The service closes its connections after each answer.'
}
