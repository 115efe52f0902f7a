// NestJS on Express: a report is given up when its client leaves; Nest's hooks run behind the last response.
//   npx tsx docs/examples/nest-express.ts, then in another shell:
//   curl -m 1 http://127.0.0.1:3000/reports/60000    leaves after a second
import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAbort } from '@hangup/core'
import { hangup } from '@hangup/express'
import { type ArgumentsHost, Catch, Controller, Get, Module, Param, Req } from '@nestjs/common'
import { BaseExceptionFilter, NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { Request } from 'express'

@Controller('reports')
class Reports {
  @Get(':ms')
  async report(@Param('ms') ms: string, @Req() { signal }: Request): Promise<string> {
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
    if (isAbort(error, host.switchToHttp().getRequest<Request>().exchange)) throw error
    super.catch(error, host)
  }
}

const hang = hangup()
const app = await NestFactory.create<NestExpressApplication>(App, { logger: ['warn', 'error'] })
app.use(hang) // before everything else
app.useGlobalFilters(new Errors(app.getHttpAdapter()))
hang.onClose('nest', () => app.close()) // instead of app.enableShutdownHooks()

await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
hang.attach(app.getHttpServer())
console.log(await app.getUrl())
