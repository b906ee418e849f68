// What a person does in VS Code, done in a headless Chromium.  Every wait has a limit and says what it waited for.
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const SECONDS = 1000;
const CHROMIUM = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const FIX = ".action-widget .monaco-list-row.action";

/** Opens VS Code on the folder, hands an Editor to `action` and closes the browser whatever happens. */
export async function inEditor({ playwright, chromium, url, failurePicture }, action, view = {}) {
  const { chromium: driver } = createRequire(join(playwright, "x.js"))("playwright-core");
  const browser = await driver.launch({ executablePath: chromium, args: CHROMIUM });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...view });
  try {
    page.setDefaultTimeout(60 * SECONDS);
    await page.goto(url);
    await page.waitForSelector(".monaco-workbench", { timeout: 60 * SECONDS });
    return await action(new Editor(page));
  } catch (error) {
    await page.screenshot({ path: failurePicture });
    throw error;
  } finally {
    await browser.close();
  }
}

export class Editor {
  constructor(page) {
    this.page = page;
  }

  async open(file) {
    await this.page.keyboard.press("Control+p");
    await this.page.waitForSelector(".quick-input-widget input");
    await this.page.keyboard.type(file);
    await this.page.waitForSelector(`.quick-input-list [aria-label^="${file}"]`);
    await this.page.keyboard.press("Enter");
    await this.page.waitForSelector(`.tab.active[data-resource-name="${file}"]`);
    await this.page.waitForSelector(".monaco-editor.focused .view-line");
  }

  /** Runs a command of the palette by its exact title. */
  async command(title) {
    await this.page.keyboard.press("F1");
    await this.page.waitForSelector(".quick-input-widget input");
    await this.page.keyboard.type(title);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }

  squiggle() {
    return this.page.waitForSelector(".squiggly-error", { state: "attached", timeout: 60 * SECONDS });
  }

  noSquiggle() {
    return this.page.waitForSelector(".squiggly-error", { state: "detached", timeout: 60 * SECONDS });
  }

  squiggles() {
    return this.page.locator(".squiggly-error").count();
  }

  /** Rests the mouse on the first problem until its message is shown. */
  async hover() {
    const { x, y, width, height } = await this.page.locator(".squiggly-error").first().boundingBox();
    await this.page.mouse.move(x + width / 2, y + height / 2);
    await this.page.waitForSelector(".monaco-hover .marker");
  }

  /** What F8 shows at the next problem, as lines. */
  async message() {
    await this.page.keyboard.press("F8");
    const widget = await this.page.waitForSelector(".marker-widget .descriptioncontainer .message");
    return plain(await widget.innerText());
  }

  async closeMessage() {
    await this.page.keyboard.press("Escape");
    await this.page.waitForSelector(".marker-widget", { state: "detached" });
  }

  async menuOpens() {
    await this.page.keyboard.press("Control+.");
    return this.page.waitForSelector(FIX, { timeout: 10000 }).then(() => true, () => false);
  }

  /** Opens the menu of quick fixes at the cursor; their titles. */
  async fixes() {
    // A key that comes while the message closes is lost.
    for (let tries = 0; tries < 4 && !(await this.menuOpens()); tries += 1);
    await this.page.waitForSelector(FIX);
    return (await this.page.locator(`${FIX} .title`).allTextContents()).map(plain);
  }

  /** Goes down the open menu to a fix and takes it with Enter. */
  async take(title) {
    const rows = await this.page.locator(FIX).count();
    for (let tries = 0; tries < rows; tries += 1) {
      if (plain(await this.page.locator(`${FIX}.focused .title`).textContent()) === title) {
        await this.page.keyboard.press("Enter");
        return;
      }
      await this.page.keyboard.press("ArrowDown");
    }
    throw new Error(`no fix "${title}" in the menu`);
  }

  async save() {
    await this.page.waitForSelector(".tab.active.dirty");
    await this.page.keyboard.press("Control+s");
    await this.page.waitForSelector(".tab.active:not(.dirty)");
  }

  /** Waits until the extension's own log says so. */
  async logged(logs, words) {
    for (let tries = 0; tries < 600; tries += 1) {
      const files = globSync(join(logs, "**/ckpt-lsp.log"));
      if (files.some((file) => readFileSync(file, "utf8").includes(words))) {
        return;
      }
      await this.page.waitForTimeout(0.1 * SECONDS);
    }
    throw new Error(`never logged: ${words}`);
  }

  /** Asks for fixes where there are none: the answer comes once the server has checked the file. */
  async noFixes() {
    await this.page.keyboard.press("Control+.");
    await this.page.locator(".monaco-editor .message", { hasText: "No code actions available" }).waitFor();
  }

  async trust() {
    await this.command("Workspaces: Manage Workspace Trust");
    await this.page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ }).click();
  }

  /** The text of the first notification that holds `part`. */
  async notification(part) {
    const toast = this.page.locator(".notification-toast", { hasText: part }).first();
    await toast.waitFor();
    return {
      text: await toast.locator(".notification-list-item-message").textContent(),
      buttons: await toast.locator(".notification-list-item-buttons-container .monaco-button").allTextContents(),
    };
  }
}

/** Monaco draws spaces as no-break spaces. */
function plain(text) {
  return text.replaceAll("\u00a0", " ");
}
