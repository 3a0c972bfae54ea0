// The two pictures of the README: what a family's page looks like. They land in build/screenshots as the others do; after
// a change worth showing:  cp build/screenshots/readme-files-light.png docs/files.png, and people likewise.
import { png } from './lib/photos.mjs';
import { pendingRequest } from './lib/people.mjs';
import { settled, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

const NAMES = ['Sunrise over the lake', 'Grandma’s garden', 'Côte d’Azur', 'First snow', 'The long way home', 'Sommerfest', 'Ferry at noon',
  'Picnic', 'Lighthouse', 'Last evening', 'Campsite', 'Hill behind the house'];

story('files and a request, for the README', async (stage) => {
  const ours = await stage.instance({ name: 'The Millers' });
  const theirs = await stage.instance({ name: 'Casa Rossi' });
  const anna = await ours.addUser('anna', { admin: true });
  const marco = await theirs.addUser('marco');
  await anna.upload('Recipe book.pdf', '%PDF-1.4 recipes');
  for (const [seed, name] of NAMES.entries()) await anna.upload(`${name}.png`, png({ seed: 11 + 7 * seed, width: 480, height: 360 }));
  await anna.upload('Birthday song.mp3', 'ID3');

  const { page } = await stage.open(ours, { as: anna, viewport: { width: 1200, height: 720 } });
  await page.getByText(NAMES.at(-1)).first().waitFor();
  await settled(page);
  await shoot(page, 'readme-files', { narrow: false });

  await page.getByRole('link', { name: /People/ }).click();
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  const asked = await marco.post('/api/connections', { peer: anna.address, purpose: 'The photos of the summer at the lake' });
  await pendingRequest(marco, anna, asked.id);
  await page.getByText('The photos of the summer at the lake').waitFor();
  await shoot(page, 'readme-people', { narrow: false });
});
