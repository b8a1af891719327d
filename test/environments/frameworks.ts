// Frameworks: an app of each is built, with a component that shows deliveries.
import type { App } from './app.ts';
import type { Environment } from './environment.ts';

const TRACKER = `
  import { createDeliveryTracker } from 'chime-delivery';
  export const ChannelArn = 'arn:aws:chime:us-east-1:111122223333:app-instance/a/channel/c';
  const client = { send: async () => ({ MessageId: 'm1', Status: { Value: 'SENT' } }) };
  export const tracker = createDeliveryTracker({ client, chimeBearer: 'arn:aws:chime:us-east-1:111122223333:app-instance/a/user/b' });
  export const send = () => tracker.send({ ChannelArn, Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT' });
`;

async function vite(app: App, plugin: string, main: string): Promise<void> {
  await app.write('src/tracker.js', TRACKER);
  await app.write('src/main.js', main);
  await app.write('index.html', '<div id="app"></div><script type="module" src="/src/main.js"></script>');
  await app.write('vite.config.js', plugin);
  await app.bin('vite', 'build');
}

export const frameworks: readonly Environment[] = [
  {
    name: 'Next.js',
    packages: ['next@latest', 'react@19', 'react-dom@19'],
    check: async (app) => {
      await app.write('lib/tracker.js', TRACKER);
      await app.write(
        'app/layout.js',
        `export default function Layout({ children }) { return <html><body>{children}</body></html>; }`,
      );
      await app.write(
        'app/page.js',
        `import { Chat } from './chat'; export default function Page() { return <Chat />; }`,
      );
      await app.write(
        'app/chat.js',
        `'use client';
         import { DeliveryProvider, useDeliveries } from 'chime-delivery/react';
         import { send, tracker } from '../lib/tracker';
         const List = () => <button onClick={send}>{useDeliveries().map(({ id, status }) => <p key={id}>{status}</p>)}</button>;
         export const Chat = () => <DeliveryProvider tracker={tracker}><List /></DeliveryProvider>;`,
      );
      await app.run('npx', ['next', 'build'], { NEXT_TELEMETRY_DISABLED: '1' });
    },
  },
  {
    name: 'Vue 3',
    packages: ['vite@8', '@vitejs/plugin-vue@6', 'vue@3'],
    check: async (app) => {
      await app.write(
        'src/Chat.vue',
        `<script setup>
         import { onUnmounted, shallowRef } from 'vue';
         import { send, tracker } from './tracker.js';
         const deliveries = shallowRef(new Map());
         const subscription = tracker.deliveries$.subscribe((all) => (deliveries.value = all));
         onUnmounted(() => subscription.unsubscribe());
         </script>
         <template><button @click="send"><p v-for="[id, { status }] in deliveries" :key="id">{{ status }}</p></button></template>`,
      );
      await vite(
        app,
        `import vue from '@vitejs/plugin-vue'; export default { plugins: [vue()] };`,
        `import { createApp } from 'vue'; import Chat from './Chat.vue'; createApp(Chat).mount('#app');`,
      );
    },
  },
  {
    name: 'Svelte 5',
    packages: ['vite@7', '@sveltejs/vite-plugin-svelte@6', 'svelte@5'],
    check: async (app) => {
      await app.write(
        'src/Chat.svelte',
        `<script>
         import { send, tracker } from './tracker.js';
         const { deliveries$ } = tracker;
         </script>
         <button onclick={send}>{#each [...$deliveries$] as [id, { status }] (id)}<p>{status}</p>{/each}</button>`,
      );
      await vite(
        app,
        `import { svelte } from '@sveltejs/vite-plugin-svelte'; export default { plugins: [svelte()] };`,
        `import { mount } from 'svelte'; import Chat from './Chat.svelte'; mount(Chat, { target: document.getElementById('app') });`,
      );
    },
  },
  {
    name: 'Angular',
    packages: [
      '@angular/core@21',
      '@angular/common@21',
      '@angular/compiler@21',
      '@angular/platform-browser@21',
      '@angular/compiler-cli@21',
      '@angular/build@21',
      '@angular/cli@21',
      'typescript@5.9',
      'rxjs@7',
      'tslib@2',
    ],
    check: async (app) => {
      const options = { browser: 'src/main.ts', index: 'src/index.html', tsConfig: 'tsconfig.json', polyfills: [] };
      const build = { builder: '@angular/build:application', options: { ...options, outputPath: 'out' } };
      const project = { projectType: 'application', root: '', sourceRoot: 'src', architect: { build } };
      await app.write('angular.json', JSON.stringify({ version: 1, projects: { app: project } }));
      const compilerOptions = {
        target: 'es2022',
        module: 'es2022',
        moduleResolution: 'bundler',
        strict: true,
        skipLibCheck: true,
        allowJs: true,
      };
      await app.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['src/main.ts'] }));
      await app.write('src/index.html', '<app-chat></app-chat>');
      await app.write('src/tracker.js', TRACKER);
      await app.write(
        'src/main.ts',
        `import { AsyncPipe, KeyValuePipe } from '@angular/common';
         import { Component, provideZonelessChangeDetection } from '@angular/core';
         import { bootstrapApplication } from '@angular/platform-browser';
         import { send, tracker } from './tracker.js';
         @Component({
           selector: 'app-chat', imports: [AsyncPipe, KeyValuePipe],
           template: '<button (click)="send()">@for (one of deliveries$ | async | keyvalue; track one.key) { <p>{{ one.value.status }}</p> }</button>',
         })
         class Chat { deliveries$ = tracker.deliveries$; send = send; }
         void bootstrapApplication(Chat, { providers: [provideZonelessChangeDetection()] });`,
      );
      await app.run('npx', ['ng', 'build'], { NG_CLI_ANALYTICS: 'false' });
    },
  },
];
