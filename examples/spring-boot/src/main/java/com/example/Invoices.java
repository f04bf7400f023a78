package com.example;

import dev.respite.spring.Respite;
import java.net.ConnectException;
import org.springframework.stereotype.Component;

/** A method that is retried when other beans call it. */
@Component
class Invoices {

    private int attempts;

    @Respite(value = "mail", fallback = "postpone")
    String send(String invoice) throws ConnectException {
        attempts++;
        System.out.println("  mail " + invoice + ": refused");
        throw new ConnectException("refused");
    }

    String postpone(String invoice) {
        return invoice + " postponed after " + attempts + " attempts";
    }
}
