/**
 * The lab as a folder of files, and a server for it on this machine.
 *
 * <p>Start with {@link dev.respite.lab.site.Lab}, the program behind {@code ./respite lab}: it lets {@link
 * dev.respite.lab.site.SiteFolder} make the folder, once, and {@link dev.respite.lab.site.SiteServer} serve it.
 */
@NullMarked
package dev.respite.lab.site;

import org.jspecify.annotations.NullMarked;
