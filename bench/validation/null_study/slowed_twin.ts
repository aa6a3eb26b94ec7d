/**
 * The twins, one of them slowed down, as a module that both ends of a process peer load.
 *
 * @module
 */

import { twinsModule } from "./twins.ts";

export default twinsModule(true);
