import { stripVTControlCharacters } from 'node:util'

const markup = Symbol('markup')

/** Markup that is safe to show as it stands. Only the tag `html` makes it, and no JSON can hold it. */
export interface Html {
  readonly [markup]: string
}

export type Content = Html | string | number | undefined | false | readonly Content[]

/** A template tag: what is put in is escaped unless it is `Html` itself; `undefined` and `false` are nothing. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let text = strings[0] ?? ''
  contents.forEach((content, index) => {
    text += toMarkup(content) + (strings[index + 1] ?? '')
  })
  return { [markup]: text }
}

/** For text of our own that is markup, or a style sheet, already. */
export function trusted(text: string): Html {
  return { [markup]: text }
}

export function toMarkup(content: Content): string {
  if (content === undefined || content === false) return ''
  if (typeof content === 'string') return escapeText(content)
  if (typeof content === 'number') return escapeText(`${content}`)
  if (isHtml(content)) return content[markup]
  return content.map(toMarkup).join('')
}

/**
 * Safe between tags and in quoted attributes. Terminal colours go; other control characters, and those that
 * turn the direction of writing, become visible: what is shown is what was said, in its order.
 */
export function escapeText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(UNSEEN, (character) => nameOf(character))
}

const UNSEEN = /(?![\n\t])\p{Control}|\p{Bidi_Control}|\p{Surrogate}|[\u2028\u2029\uFEFF\u200B]/gu

function nameOf(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code) // ␀ ␁ …
  return `&#60;U+${code.toString(16).toUpperCase().padStart(4, '0')}&#62;`
}

function isHtml(content: Html | readonly Content[]): content is Html {
  return markup in content
}
