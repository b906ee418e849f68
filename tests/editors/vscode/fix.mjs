// Opens a broken file, reads the message and the menu, takes the first fix, saves, and sees the squiggle go.
import { inEditor } from "./editor.mjs";

const job = JSON.parse(process.argv[2]);
const seen = await inEditor(job, async (editor) => {
  await editor.open(job.file);
  await editor.squiggle();
  const message = await editor.message();
  await editor.closeMessage();
  const fixes = await editor.fixes();
  await editor.take(fixes[0]);
  await editor.save();
  await editor.noSquiggle();
  return { message, fixes };
});
console.log(JSON.stringify(seen));
