#!/usr/bin/env node
// Markdown comes in, a page goes out.
import { text } from 'node:stream/consumers';
import { marked } from 'marked';
import { layout } from './layout.ts';

const markdown = await text(process.stdin);
const title = /^# (.+)$/m.exec(markdown)?.[1] ?? 'Untitled';
process.stdout.write(layout(title, await marked.parse(markdown)));
