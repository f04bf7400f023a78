package dev.respite.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A native image keeps only the methods that the jar names: those that the table calls by reflection. */
class NativeImageTest {

    @Test
    void metadata_hasEveryAccessorOfTheTable() throws IOException {
        String metadata = Files.readString(
                Path.of("src/main/resources/META-INF/native-image/dev.respite/respite/reachability-metadata.json"));
        for (Row row : FactTable.rows()) {
            for (String path : row.paths()) {
                assertThat(path.split("\\."))
                        .as(row.type())
                        .allSatisfy(method -> assertThat(metadata).contains("{\"name\": \"" + method + "\""));
            }
            // The drivers' exceptions inherit these methods.
            if (!row.paths().isEmpty() && !row.paths().contains("getSQLState")) {
                assertThat(metadata).contains("{\"type\": \"" + row.type() + "\"");
            }
        }
    }
}
