// NestJS on Fastify: a report is given up when its client leaves; Nest's hooks run behind the last response.
//   npx tsx docs/examples/nest-fastify.ts, then in another shell:
//   curl -m 1 http://127.0.0.1:3000/reports/60000    leaves after a second
import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAbort } from '@hangup/core'
import { hangup } from '@hangup/fastify'
import { type ArgumentsHost, Catch, Controller, Get, Module, Param, Req } from '@nestjs/common'
import { BaseExceptionFilter, NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyRequest } from 'fastify'

@Controller('reports')
class Reports {
  @Get(':ms')
  async report(@Param('ms') ms: string, @Req() { signal }: FastifyRequest): Promise<string> {
    console.log('begun')
    signal.addEventListener('abort', () => console.log('cancelled'))
    return sleep(Number(ms), 'a report\n', { signal })
  }

  onApplicationShutdown(): void {
    console.log('closed')
  }
}

@Module({ controllers: [Reports] })
class App {}

/** Nest would log a client that left as an error: it is Hangup's to settle. */
@Catch()
class Errors extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    if (isAbort(error, host.switchToHttp().getRequest<FastifyRequest>().exchange)) throw error
    super.catch(error, host)
  }
}

const adapter = new FastifyAdapter()
const app = await NestFactory.create<NestFastifyApplication>(App, adapter, {
  logger: ['warn', 'error'],
})
await app.register(hangup) // before everything else
app.useGlobalFilters(new Errors(adapter))
adapter.getInstance().hangup.onClose('nest', () => app.close()) // instead of app.enableShutdownHooks()

await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
console.log(await app.getUrl())
