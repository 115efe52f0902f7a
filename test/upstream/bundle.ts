import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Framework } from './framework.ts'

/** An adapter and core as one CommonJS file in this folder, which takes its framework from the checkout. */
export async function bundleAdapter(
  framework: Framework,
  checkout: string,
  folder: string,
): Promise<string> {
  const outfile = join(folder, `${framework}.cjs`)
  await build({
    entryPoints: [fileURLToPath(import.meta.resolve(`@hangup/${framework}`))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    plugins: [
      {
        name: 'framework of the checkout',
        setup({ onResolve }) {
          onResolve({ filter: new RegExp(`^${framework}$`) }, () => ({
            path: checkout,
            external: true,
          }))
        },
      },
    ],
  })
  return outfile
}
