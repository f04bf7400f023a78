package dev.respite.idempotency.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operation and the time of a claim in its owner. */
class ClaimLabelTest {

    private static final Instant AT = Instant.parse("2026-11-29T01:02:03.004Z");
    private static final StorageKey KEY = StorageKey.of("scope", "operation", "key");

    private static OwnerToken token(String owner) {
        return new OwnerToken(KEY, 1, owner);
    }

    private static Optional<String> stored(String operation) {
        return token(OwnerToken.owner("3f2a-1", AT, Optional.of(operation))).operation();
    }

    @Test
    void owner_ofTheGreatestLength_isAccepted() {
        assertThatCode(() -> token("x".repeat(64))).doesNotThrowAnyException();
        assertThatThrownBy(() -> token("x".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("it must have 1 to 64 characters");
    }

    @Test
    void owner_withOperation_hasOperationAndTime() {
        OwnerToken token = token(OwnerToken.owner("3f2a-1", AT, Optional.of("POST /payments")));
        assertThat(token.owner()).startsWith("3f2a-1@").endsWith("|POST|/payments");
        assertThat(token.operation()).contains("POST /payments");
        assertThat(token.claimedAt()).contains(AT);
    }

    @Test
    void owner_withoutOperation_hasTimeOnly() {
        OwnerToken token = token(OwnerToken.owner("3f2a-1", AT, Optional.empty()));
        assertThat(token.operation()).isEmpty();
        assertThat(token.claimedAt()).contains(AT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            pay;                                             pay
            POST /api/v2/accounts/7/payments;                POST /api/v2/accounts/7/payments
            POST /shop/api/v2/accounts/4711/payments/pending; POST /sh...4711/payments/pending
            POST /ümläut;                                    POST /?ml?ut
            a|b;                                             a b
            """)
    void operation_ofAnyForm_isShortenedToVisibleCharacters(String operation, String expected) {
        assertThat(stored(operation)).contains(expected);
    }

    @Test
    void operation_withALineEnd_staysInItsLine() {
        assertThat(stored("POST /a\nDONE")).contains("POST /a?DONE");
    }

    @Test
    void operation_empty_isAbsent() {
        assertThat(stored("")).isEmpty();
    }

    /** Owners of earlier versions, and of engines of other authors. */
    @ParameterizedTest
    @ValueSource(strings = {"me", "7d444840-9dc0-11d1-b245-5ffdce74fad2-1a", "me@", "a@B", "me@example.org", "a|b"})
    void owner_withoutALabel_hasNeitherOperationNorTime(String owner) {
        assertThat(token(owner).operation()).isEmpty();
        assertThat(token(owner).claimedAt()).isEmpty();
    }

    @Test
    void owner_atItsLimits_isAcceptedAndBeyondThemRejected() {
        assertThat(token("x").owner()).isEqualTo("x");
        assertThat(token("x".repeat(64)).owner()).hasSize(64);
        assertThatThrownBy(() -> token("")).hasMessageContaining("1 to 64 characters");
        assertThatThrownBy(() -> token("x".repeat(65))).hasMessageContaining("1 to 64 characters");
    }

    /** Earlier versions and all tables accept no longer owners, and some stores separate fields by line ends. */
    @Property
    void owner_anyOperation_has1To64VisibleCharacters(
            @ForAll @AlphaChars @StringLength(min = 1, max = 21) String id,
            @ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long millis,
            @ForAll @StringLength(max = 80) String operation) {
        String owner = OwnerToken.owner(id, Instant.ofEpochMilli(millis), Optional.of(operation));
        assertThat(owner).matches("[!-~]{1,64}");
        OwnerToken token = token(owner);
        assertThat(token.claimedAt()).contains(Instant.ofEpochMilli(millis));
        assertThat(token.operation().orElse("")).hasSizeLessThanOrEqualTo(ClaimLabel.MAX_OPERATION);
        assertThat(token.operation().isPresent()).isEqualTo(!operation.isEmpty());
    }
}
