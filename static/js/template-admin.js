/** The page of a template in the admin site: shows its diagram. */
import { mountAll } from "./diagram.js";

mountAll();
