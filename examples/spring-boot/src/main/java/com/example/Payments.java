package com.example;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** The payment provider. Its group has a policy and idempotency keys in {@code application.yaml}. */
interface Payments {

    @GetExchange("/payments/{id}")
    String status(@PathVariable String id);

    @PostExchange("/payments")
    String pay(@RequestBody String order);
}
