import { wordsOf } from '../seeded.js';
import type { Shape } from '../shape.js';

/** Rows with a long text: about 10 kB, with line feeds, quotes and characters beyond ASCII. */
export const text: Shape = {
  pageRows: 100,
  row: (id, random) => {
    const words = wordsOf(random);
    const lines = Array.from({ length: 20 + Math.floor(random() * 160) }, (_, line) =>
      line % 10 === 0 ? `„${words(3)}” — "${words(2)}" 😀` : words(15),
    );
    return { id, title: words(5), body: lines.join('\n') };
  },
};
