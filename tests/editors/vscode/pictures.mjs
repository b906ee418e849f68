// Takes two pictures of a broken file: the message on hover, and the menu of fixes.
import { join } from "node:path";

import { inEditor } from "./editor.mjs";

const job = JSON.parse(process.argv[2]);
const view = { viewport: { width: 860, height: 640 }, deviceScaleFactor: 1.75, colorScheme: "dark" };
await inEditor(
  job,
  async (editor) => {
    await editor.open(job.file);
    await editor.page.keyboard.press("Control+b");
    await editor.squiggle();
    await editor.message(); // for the cursor's sake, and the light bulb's
    await editor.closeMessage();
    await editor.hover();
    await take(editor, "vscode-squiggle.png");
    await editor.page.mouse.move(0, 0);
    await editor.fixes();
    await take(editor, "vscode-fix.png");
  },
  view,
);
console.log("{}");

/** The window down to the last line of the file, or to the end of the menu. */
async function take(editor, name) {
  await editor.page.waitForTimeout(600);
  const bottoms = await editor.page
    .locator(".view-lines .view-line:not(:empty), .action-widget, .monaco-hover")
    .evaluateAll((shown) => shown.map((element) => element.getBoundingClientRect().bottom));
  const height = Math.min(view.viewport.height, Math.max(...bottoms) + 12);
  const clip = { x: 0, y: 0, width: view.viewport.width, height };
  await editor.page.screenshot({ path: join(job.docs, name), clip });
}
