// Serves the page: Vite's dev server, on this machine only.
import { fileURLToPath } from 'node:url';
import { createServer, defaultClientConditions, type Plugin, type ViteDevServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface PageOptions {
  /** 0 means any free port. */
  readonly port: number;
  /** Whether the page reloads when one of its files changes. */
  readonly watch: boolean;
}

export async function servePage({ port, watch }: PageOptions, plugins: Plugin[]): Promise<ViteDevServer> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'warn',
    clearScreen: false,
    cacheDir: fileURLToPath(new URL('../../../node_modules/.vite/chat', import.meta.url)),
    plugins,
    // amazon-chime-sdk-js expects Node's name of the global object.
    define: { global: 'globalThis' },
    // The examples of this repository import the library's sources. An app needs no condition.
    // Without the development build of Lit, which warns that it is one.
    resolve: {
      conditions: [
        'chime-delivery/source',
        ...defaultClientConditions.filter((each) => !each.startsWith('development')),
      ],
    },
    // Vite optimizes these at start. If it found them while the page loads, it would reload the page.
    optimizeDeps: {
      include: [
        '@aws-sdk/client-chime-sdk-messaging',
        'amazon-chime-sdk-js',
        'react',
        'react-dom/client',
        'lucide-react',
        'lit',
      ],
    },
    server: {
      host: '127.0.0.1',
      port,
      strictPort: port !== 0,
      fs: { allow: [repository] },
      ...(watch ? {} : { watch: null }),
    },
  });
  return server.listen();
}
