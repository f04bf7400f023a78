package dev.respite.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

    @ParameterizedTest
    @CsvSource({
        "exlpain, explain|simulate, explain",
        "--jsn, --json|--keyed, --json",
        "--max-atempts, --max-attempts|--max-retries, --max-attempts",
        "on, none|full,",
        "--no, --on|--budget,",
        "zzz, call|keys,"
    })
    void nearest_isEmptyIfHalfOfTheLettersWouldChange(String misspelt, String known, String nearest) {
        List<String> names = Arrays.asList(known.split("\\|", -1));

        assertThat(Spelling.nearest(misspelt, names).orElse(null)).isEqualTo(nearest);
        assertThat(Spelling.nearSuggestion(misspelt, names))
                .isEqualTo(nearest == null ? "" : "; did you mean '" + nearest + "'?");
    }
}
