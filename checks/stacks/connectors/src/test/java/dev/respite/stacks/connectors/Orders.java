package dev.respite.stacks.connectors;

import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** The HTTP interface of the calls. */
interface Orders {

    @GetExchange("/orders")
    String get();

    @PostExchange("/orders")
    String order(@RequestBody String article);
}
