// Opens a broken file with an interpreter selected that has no ckpt-lsp, selects one that has it, and sees the squiggle.
import { renameSync } from "node:fs";

import { inEditor } from "./editor.mjs";

const job = JSON.parse(process.argv[2]);
const seen = await inEditor(job, async (editor) => {
  await editor.open(job.file);
  const complaint = await editor.notification("ckpt-lsp");
  renameSync(job.nextSettings, job.settings);
  await editor.squiggle();
  return { complaint: complaint.text, message: await editor.message() };
});
console.log(JSON.stringify(seen));
