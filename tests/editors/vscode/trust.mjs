// Opens a folder that is not trusted, sees that nothing is reported, grants trust, and sees the squiggle come.
import { inEditor } from "./editor.mjs";

const job = JSON.parse(process.argv[2]);
const seen = await inEditor(job, async (editor) => {
  await editor.open(job.file);
  await editor.logged(job.logs, "in a workspace that is not trusted");
  await editor.noFixes();
  const before = await editor.squiggles();
  await editor.trust();
  await editor.logged(job.logs, "in a workspace that is trusted");
  await editor.squiggle();
  return { before, after: await editor.squiggles() };
});
console.log(JSON.stringify(seen));
