package dev.respite.spring.boot.test.shop;

import dev.respite.spring.Respite;
import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Service;

/** A service that is down at first. */
@Service
class Quotes {

    private final AtomicInteger attempts = new AtomicInteger();

    @Respite("quotes")
    public String fetch() throws ConnectException {
        if (attempts.incrementAndGet() % 3 != 0) {
            throw new ConnectException("down");
        }
        return "quote";
    }
}
