// A user's service, for the check.
import http from 'node:http'
import { createHangup } from '@hangup/core'

const hang = createHangup()
const server = http.createServer(hang.handler((_req, res) => res.end('ok')))
hang.attach(server).listen(process.env.PORT, '127.0.0.1')
