package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.driver.CallState;
import dev.respite.durable.Envelope.UnreadableDataException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

    private static final Envelope FULL = new Envelope(
            "key",
            3,
            Optional.of("order 17"),
            new Envelope.Progress(
                    Optional.of(CallState.begin(Instant.ofEpochSecond(7, 8))),
                    Optional.of(Instant.ofEpochSecond(9, 10)),
                    Optional.of("max-attempts=2"),
                    "an error with ü",
                    4,
                    false));

    @Test
    void decode_ofWhatWasEncoded_isEqual() {
        Envelope read = Envelope.decode(FULL.encode());
        assertThat(read.key()).isEqualTo("key");
        assertThat(read.dataVersion()).isEqualTo(3);
        assertThat(read.sequence()).contains("order 17");
        assertThat(read.progress()).isEqualTo(FULL.progress());
        Envelope takenOver = FULL.takenOver(Instant.ofEpochSecond(11));
        assertThat(takenOver.progress().skipsBackoff()).isTrue();
        assertThat(Envelope.decode(takenOver.encode()).progress()).isEqualTo(takenOver.progress());
        Envelope empty = Envelope.decode(Envelope.of("k", 1, Optional.empty()).encode());
        assertThat(empty.progress()).isEqualTo(Envelope.Progress.NONE);
        assertThat(empty.sequence()).isEmpty();
    }

    @Test
    void lostAndPostponed_keepTheProgressButTheirOwnPart() {
        Envelope.Progress before = FULL.progress();
        assertThat(FULL.lost(Instant.EPOCH).progress())
                .as("the first sign of the loss stays")
                .isEqualTo(new Envelope.Progress(
                        before.state(), before.lostAt(), before.pinnedPolicy(), before.lastError(), 0, false));
        assertThat(FULL.postponed().progress())
                .isEqualTo(new Envelope.Progress(
                        before.state(), before.lostAt(), before.pinnedPolicy(), before.lastError(), 5, false));
    }

    @Test
    void decode_ofDamagedBytes_throwsOnlyThatItIsUnreadable() {
        Random random = new Random(5);
        byte[] bytes = FULL.encode();
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 2));
            for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                Envelope.decode(damaged);
            } catch (UnreadableDataException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void decode_ofAnotherFormat_namesIt() {
        byte[] bytes = FULL.encode();
        bytes[2] = 2;
        assertThatThrownBy(() -> Envelope.decode(bytes)).hasMessageContaining("format 2");
        assertThatThrownBy(() -> Envelope.decode(new byte[] {'R'})).hasMessageContaining("not written by Respite");
        assertThatThrownBy(() -> Envelope.decode(Arrays.copyOf(FULL.encode(), 3)))
                .hasMessageContaining("the envelope is damaged");
    }

    @Test
    void later_roundsUpToWhatDatabasesStore() {
        Instant now = Instant.parse("2026-01-01T00:00:00.000000001Z");
        assertThat(EnqueueOptions.later(now, Duration.ofNanos(998)))
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.000001Z"));
        assertThat(EnqueueOptions.later(now, Duration.ofNanos(999)))
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.000001Z"));
        assertThat(EnqueueOptions.later(now, Duration.ofNanos(1_000)))
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.000002Z"));
    }

    @Test
    void newKey_isAUuidOfVersion7OfItsTime() {
        Instant due = Instant.parse("2030-01-01T00:00:00.123Z");
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            UUID key = UUID.fromString(Envelope.newKey(due));
            assertThat(key.version()).isEqualTo(7);
            assertThat(key.variant()).isEqualTo(2);
            assertThat(key.getMostSignificantBits() >>> 16).isEqualTo(due.toEpochMilli());
            keys.add(key.toString());
        }
        assertThat(keys).hasSize(100);
    }
}
