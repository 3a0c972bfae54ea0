// All of uploading that is there on every screen.
import '../styles/upload.css';
import { Conflicts } from './conflicts.tsx';
import { DropTarget } from './drop_target.tsx';
import { Panel } from './panel.tsx';

export function UploadDock() {
  return (
    <>
      <Panel />
      <Conflicts />
      <DropTarget />
    </>
  );
}
