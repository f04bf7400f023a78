package dev.respite.idempotency.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Bodies in memory, in a file, and beyond the limit. */
class ResponseBodyTest {

    private static byte[] sent(ResponseBody body) throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        body.writeTo(sent);
        return sent.toByteArray();
    }

    /** Whatever the limit in memory and the lengths of the writes. */
    @Property(tries = 300)
    void body_isSentAsItWasWritten(
            @ForAll @IntRange(max = 300) int inMemory, @ForAll @IntRange(max = 600) int length, @ForAll long seed)
            throws IOException {
        ResponseBody body = new ResponseBody(inMemory, 600);
        byte[] bytes = new byte[length];
        Random random = new Random(seed);
        random.nextBytes(bytes);
        for (int from = 0; from < length; ) {
            int count = Math.min(length - from, random.nextInt(40));
            if (count == 1) {
                body.write(bytes[from]);
            } else {
                body.write(bytes, from, count);
            }
            from += count;
        }
        body.close();
        assertThat(body.length()).isEqualTo(length);
        assertThat(sent(body)).isEqualTo(bytes);
        assertThat(sent(body)).isEqualTo(bytes);
        assertThat(body.response(200, Map.of()).hasBody()).isEqualTo(length <= inMemory);
        body.discard();
    }

    @Test
    void discard_beginsAnew() throws IOException {
        ResponseBody body = new ResponseBody(2, 4);
        body.write(new byte[] {1, 2, 3});
        body.discard();
        assertThat(body.length()).isZero();
        body.write(4);
        assertThat(sent(body)).containsExactly(4);
        assertThat(body.response(200, Map.of()).body()).contains(new byte[] {4});
    }

    /** A writer may ignore the exception, as a {@code PrintWriter} does. */
    @Test
    void body_beyondTheLimit_isNoResponse() throws IOException {
        ResponseBody body = new ResponseBody(2, 4);
        body.write(new byte[4]);
        assertThatThrownBy(() -> body.write(1)).hasMessageContaining("more than the 4 bytes");
        assertThatThrownBy(() -> body.write(new byte[0])).hasMessageContaining("more than the 4 bytes");
        assertThatThrownBy(() -> body.response(200, Map.of())).hasMessageContaining("withResponseLimits");
        body.discard();
        assertThat(body.response(200, Map.of()).hasBody()).isTrue();
    }
}
