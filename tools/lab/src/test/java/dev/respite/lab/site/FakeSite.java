package dev.respite.lab.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with all names of the page, and contents that differ: nothing has to be compiled for it. */
final class FakeSite {

    private FakeSite() {}

    static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : SiteFolder.names()) {
            Files.write(folder.resolve(name), (name + " é\u0000\r\n").repeat(50).getBytes(StandardCharsets.UTF_8));
        }
    }
}
