import process from 'node:process'

/** Of this Node: where a way of ours is for some of them alone. */
export const nodeMajor = Number.parseInt(process.versions.node, 10)
