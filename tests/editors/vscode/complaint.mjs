// Opens a file where no server can be started, and reads what the person is told.
import { inEditor } from "./editor.mjs";

const job = JSON.parse(process.argv[2]);
const seen = await inEditor(job, async (editor) => {
  await editor.open(job.file);
  return await editor.notification("ckpt-lsp");
});
console.log(JSON.stringify(seen));
