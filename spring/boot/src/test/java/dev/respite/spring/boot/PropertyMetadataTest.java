package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The names of properties that editors suggest. */
class PropertyMetadataTest {

    @Test
    void names_inTheMetadata_areThoseOfThePages() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"respite.http.unprocessed-429\"")
                    .doesNotContain("unprocessed429");
        }
    }
}
