package dev.respite.lab.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run that the page plays while its engine is loaded. */
class FirstRunTest {

    @Test
    void write_hasTheRequestAndTheRun(@TempDir Path folder) throws Exception {
        FirstRun.write(folder);
        assertThat(Files.readString(folder.resolve(FirstRun.FILE)))
                .startsWith("{\"request\":{\"op\":\"replay\",")
                .contains("\"response\":{\"durationMs\":65000,", "\"attempts\":[", "\"queue\":[")
                .doesNotContain("\"error\"");
    }
}
