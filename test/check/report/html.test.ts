import { describe, expect, it } from 'vitest'
import { escapeText, html, toMarkup } from '../../../packages/check/src/report/html.ts'

describe('html', () => {
  it('escapes what it is given, and not what it has made', () => {
    const part = html`<b>${'<&>'}</b>`
    expect(toMarkup(html`<p title="${`"'\``}">${part}${[part, 'x']}</p>`)).toBe(
      '<p title="&#34;&#39;&#96;"><b>&#60;&#38;&#62;</b><b>&#60;&#38;&#62;</b>x</p>',
    )
  })

  it('takes undefined and false for nothing, and zero for a number', () => {
    expect(toMarkup(html`[${undefined}${false}${0}]`)).toBe('[0]')
  })

  it('does not trust an object that was read from JSON', () => {
    const read = JSON.parse('{"markup":"<script>"}')
    expect(() => toMarkup(html`${read}`)).toThrow(TypeError)
  })

  it('leaves no character with which markup begins or ends', () => {
    const all = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join('')
    expect(escapeText(all)).not.toMatch(/[<>"'`]|&(?!#\d+;)/)
  })

  it('shows what would not be seen, or would turn the text round', () => {
    expect(escapeText('a\u0000b\u007f\u202ec\u2066\u200b\ufeff\ud800')).toBe(
      'a␀b&#60;U+007F&#62;&#60;U+202E&#62;c&#60;U+2066&#62;&#60;U+200B&#62;&#60;U+FEFF&#62;&#60;U+D800&#62;',
    )
  })

  it('drops the colours of a terminal, keeps line breaks and whole characters', () => {
    expect(escapeText('\u001b[1;31mError\u001b[0m:\n\t€ 😀 é 漢')).toBe('Error:\n\t€ 😀 é 漢')
  })
})
