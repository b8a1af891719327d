import { describe, expect, it } from '@jest/globals';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { anchorsOf, readPages, type Page } from './support/documentation.ts';

const root = process.cwd();
const pages = await readPages();

describe('the documentation', () => {
  it('links to files and headings that exist', async () => {
    const links = pages.flatMap((page) => relativeLinks(page).map((link) => ({ page, link })));
    const broken = await Promise.all(
      links.map(async ({ page, link }) => ((await leadsSomewhere(page, link)) ? [] : [`${page.path}: ${link}`])),
    );
    expect(broken.flat()).toEqual([]);
    expect(links.length).toBeGreaterThanOrEqual(50);
  });

  it('names only npm scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name));
    expect(named.filter((name) => !Object.keys(scripts).includes(name ?? ''))).toEqual([]);
    expect(named.length).toBeGreaterThanOrEqual(10);
  });

  it('has a front page of at most 8 kB', async () => {
    expect((await stat(join(root, 'README.md'))).size).toBeLessThanOrEqual(8_000);
  });
});

/** The targets of links and pictures that lead to files of the repository. */
function relativeLinks({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((to) => !to.includes('://'));
}

async function leadsSomewhere(from: Page, link: string): Promise<boolean> {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, from.path) : join(root, dirname(from.path), path);
  const exists = await access(target).then(
    () => true,
    () => false,
  );
  if (!exists || anchor === undefined) return exists;
  const page = pages.find((each) => each.path === relative(root, target));
  return page !== undefined && anchorsOf(page).includes(anchor);
}
