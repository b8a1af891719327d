/** The Markdown pages that users and developers read, and the TypeScript in them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Fence {
  readonly page: string;
  readonly kind: string;
  readonly code: string;
}

const root = process.cwd();

/** README.md first, then CONTRIBUTING.md and docs/*.md. */
export async function readPages(): Promise<readonly Page[]> {
  const names = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).sort();
  const paths = ['README.md', 'CONTRIBUTING.md', ...names.map((name) => `docs/${name}`)];
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

/** The fences of these languages (a pattern), in order. */
export function fencesOf({ path, text }: Page, languages = 'tsx?'): readonly Fence[] {
  const fences = new RegExp(`\`\`\`(${languages})(?: \\[\\w+\\])?\\n([\\s\\S]*?)\`\`\``, 'g');
  return [...text.matchAll(fences)].map(([, kind = '', code = '']) => ({ page: path, kind, code }));
}

/** The anchors of the headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}
