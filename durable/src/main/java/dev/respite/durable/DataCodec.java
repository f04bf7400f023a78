package dev.respite.durable;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;

/**
 * Writes the data of a task as bytes, and reads it. Implementations are safe for use by any number of threads. An exception
 * while reading parks the call, with its data.
 *
 * @param <T> the type of the data
 */
public interface DataCodec<T> {

    /**
     * Writes data.
     *
     * @param data the data
     * @return its bytes
     */
    byte[] encode(T data);

    /**
     * Reads data.
     *
     * @param bytes what {@link #encode} has written
     * @return the data
     */
    T decode(byte[] bytes);

    /** {@return the codec of bytes, which are stored as they are} */
    static DataCodec<byte[]> bytes() {
        return of(byte[]::clone, byte[]::clone);
    }

    /** {@return the codec of text, which is stored in UTF-8} */
    static DataCodec<String> text() {
        return of(text -> text.getBytes(StandardCharsets.UTF_8), bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /**
     * {@return a codec of two functions}
     *
     * @param encode writes data
     * @param decode reads it
     * @param <T> the type of the data
     */
    static <T> DataCodec<T> of(Function<? super T, byte[]> encode, Function<byte[], ? extends T> decode) {
        Objects.requireNonNull(encode, "encode");
        Objects.requireNonNull(decode, "decode");
        return new DataCodec<>() {
            @Override
            public byte[] encode(T data) {
                return encode.apply(data);
            }

            @Override
            public T decode(byte[] bytes) {
                return decode.apply(bytes);
            }
        };
    }
}
