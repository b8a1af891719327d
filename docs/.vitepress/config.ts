// The site: `npm run docs` serves it, `npm run docs:build` builds it into docs/.vitepress/dist.
import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, type DefaultTheme } from 'vitepress';

const api = new URL('../api/typedoc-sidebar.json', import.meta.url);
const apiSidebar = existsSync(api) ? (JSON.parse(readFileSync(api, 'utf8')) as DefaultTheme.SidebarItem[]) : [];

export default defineConfig({
  title: 'chime-delivery',
  description: 'The outcome of every message sent through an Amazon Chime SDK channel flow, exactly once.',
  cleanUrls: true,
  lastUpdated: false,
  head: [['link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }]],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/guide' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'Reference', link: '/reference' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: {
      '/api/': [{ text: 'API', items: apiSidebar }],
      '/': [
        {
          text: 'Start',
          items: [
            { text: 'Getting started', link: '/getting-started' },
            { text: 'Guide', link: '/guide' },
            { text: 'Recipes', link: '/recipes' },
            { text: 'React Native', link: '/react-native' },
          ],
        },
        {
          text: 'Understand',
          items: [
            { text: 'Concepts', link: '/concepts' },
            { text: 'Fleet', link: '/fleet' },
            { text: 'Benchmarks', link: '/benchmarks' },
            { text: 'FAQ', link: '/faq' },
          ],
        },
        {
          text: 'Look up',
          items: [
            { text: 'Reference', link: '/reference' },
            { text: 'API', link: '/api/' },
            { text: 'Emulator', link: '/emulator' },
            { text: 'From 0.1 to 0.2', link: '/migration' },
            { text: 'Versions', link: '/versions' },
            { text: 'Changelog', link: '/changelog' },
          ],
        },
      ],
    },
  },
  markdown: {
    // The same pages are read on GitHub, where these are files.
    config: (md) => {
      md.core.ruler.push('links-to-files', ({ tokens }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.attrGet('href');
          if (href?.startsWith('../CHANGELOG.md') === true) token.attrSet('href', './changelog.md');
          if (href?.startsWith('docs/') === true) token.attrSet('href', href.replace('docs/', './'));
        }
      });
    },
  },
});
