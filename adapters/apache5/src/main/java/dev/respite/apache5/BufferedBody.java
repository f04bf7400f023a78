package dev.respite.apache5;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** The body of a response that is in memory, or the beginning of a longer one. */
final class BufferedBody extends HttpEntityWrapper {

    private final InputStream content;

    /** Reads a body to its end, which releases the connection, or so many bytes and one more. */
    BufferedBody(HttpEntity body, int maxBytes) throws IOException {
        super(body);
        InputStream stream = body.getContent();
        byte[] beginning = stream.readNBytes((int) Math.min(maxBytes + 1L, Integer.MAX_VALUE));
        content = new SequenceInputStream(new ByteArrayInputStream(beginning), stream);
    }

    @Override
    public InputStream getContent() {
        return content;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        AbstractHttpEntity.writeTo(this, out);
    }
}
