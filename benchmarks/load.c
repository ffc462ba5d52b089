/* Load for a collector: connections that are kept, each a thread, one request after another.
 *
 *   load send PORT KEY CONNECTIONS CALLS SECONDS RATE PREFIX TIMES
 *   load null PORT
 *
 * send: each request holds CALLS calls with ids of their own (one call goes to /v1/track, more to
 * /v1/batch). RATE is requests a second over all connections, 0 for as many as are answered; with a
 * rate, latency counts from the instant a request was due. Prints one JSON object. TIMES, if not "-",
 * is a file that gets a line for each answer: nanoseconds of the monotonic clock.
 * null: answers every request at once with nothing done, to show what the sender itself can do.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CALL                                                                                       \
    "{\"type\":\"track\",\"userId\":\"u%06d\",\"event\":\"Order Completed\","                     \
    "\"messageId\":\"%s-%03d-%010ld\",\"timestamp\":\"2026-01-15T10:00:00.000Z\","               \
    "\"properties\":{\"value\":%d,\"currency\":\"EUR\",\"plan\":\"family\",\"page\":\"/checkout\"}," \
    "\"context\":{\"library\":{\"name\":\"analytics-python\",\"version\":\"2.3.4\"},"            \
    "\"campaign\":{\"source\":\"newsletter\",\"medium\":\"email\"}}}"

typedef struct {
    int number;
    int64_t *latencies, *answers;
    long count, room, failed;
} Sender;

static int port, calls, connections;
static double rate;
static int64_t begin_ns, end_ns;
static const char *prefix;
static char authorization[512];

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_until(int64_t at)
{
    struct timespec t = {at / 1000000000LL, at % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0) {
    }
}

static void set_authorization(const char *key)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char plain[300], *out = authorization;
    int size = snprintf(plain, sizeof plain, "%s:", key);
    for (int i = 0; i < size; i += 3) {
        int left = size - i;
        unsigned word = (unsigned char)plain[i] << 16;
        word |= left > 1 ? (unsigned char)plain[i + 1] << 8 : 0;
        word |= left > 2 ? (unsigned char)plain[i + 2] : 0;
        *out++ = digits[word >> 18 & 63];
        *out++ = digits[word >> 12 & 63];
        *out++ = left > 1 ? digits[word >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[word & 63] : '=';
    }
    *out = 0;
}

static int connected(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(s, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("connect");
        exit(1);
    }
    return s;
}

static int send_all(int s, const char *data, size_t size)
{
    while (size) {
        ssize_t done = send(s, data, size, MSG_NOSIGNAL);
        if (done <= 0) return -1;
        data += done;
        size -= done;
    }
    return 0;
}

/* Reads one message, request or response, into room that is reused; returns whether it is an answer
 * that says 200, or -1 where the other side has gone. */
static int receive(int s, char *room, size_t most)
{
    size_t have = 0;
    char *body = NULL;
    while (!body) {
        ssize_t got = recv(s, room + have, most - 1 - have, 0);
        if (got <= 0) return -1;
        have += got;
        room[have] = 0;
        body = strstr(room, "\r\n\r\n");
    }
    body += 4;
    char *length = strcasestr(room, "\r\ncontent-length:");
    size_t size = length && length < body ? strtoul(length + 17, NULL, 10) : 0;
    int good = strncmp(room, "HTTP/1.1 200", 12) == 0;
    size_t rest = size - (have - (body - room));
    while (rest) {
        ssize_t got = recv(s, room, rest < most ? rest : most, 0);
        if (got <= 0) return -1;
        rest -= got;
    }
    return good;
}

static size_t request(char *out, char *body, int number, long first)
{
    char *at = body;
    if (calls > 1) at += sprintf(at, "{\"batch\":[");
    for (int i = 0; i < calls; i++) {
        long id = first + i;
        int person = (int)((id * 2654435761UL + number) % 50000);
        if (i) *at++ = ',';
        at += sprintf(at, CALL, person, prefix, number, id, (int)(id % 500));
    }
    if (calls > 1) at += sprintf(at, "]}");
    size_t size = at - body;
    int head = sprintf(out,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
        calls > 1 ? "/v1/batch" : "/v1/track", authorization, size);
    memcpy(out + head, body, size);
    return head + size;
}

static void keep(Sender *me, int64_t began, int64_t ended)
{
    if (me->count == me->room) {
        me->room = me->room ? me->room * 2 : 4096;
        me->latencies = realloc(me->latencies, me->room * sizeof(int64_t));
        me->answers = realloc(me->answers, me->room * sizeof(int64_t));
    }
    me->latencies[me->count] = ended - began;
    me->answers[me->count++] = ended;
}

static void *sender(void *given)
{
    Sender *me = given;
    size_t most = (size_t)calls * 700 + 2048;
    char *out = malloc(most), *body = malloc(most), room[16384];
    int s = connected();
    double every = rate > 0 ? 1e9 * connections / rate : 0;
    for (long turn = 0;; turn++) {
        size_t size = request(out, body, me->number, turn * calls);
        int64_t began = begin_ns + (int64_t)(turn * every + every * me->number / connections);
        if (rate > 0) sleep_until(began);
        else began = now_ns();
        if (began >= end_ns) break;
        if (send_all(s, out, size) != 0 || receive(s, room, sizeof room) != 1) {
            me->failed++;
            close(s);
            s = connected();
            continue;
        }
        keep(me, began, now_ns());
    }
    close(s);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int run_senders(double seconds, const char *times)
{
    Sender *all = calloc(connections, sizeof *all);
    pthread_t *threads = calloc(connections, sizeof *threads);
    begin_ns = now_ns();
    end_ns = begin_ns + (int64_t)(seconds * 1e9);
    for (int i = 0; i < connections; i++) {
        all[i].number = i;
        pthread_create(&threads[i], NULL, sender, &all[i]);
    }
    long count = 0, failed = 0, done = 0;
    for (int i = 0; i < connections; i++) {
        pthread_join(threads[i], NULL);
        count += all[i].count;
        failed += all[i].failed;
    }
    double took = (now_ns() - begin_ns) / 1e9;
    int64_t *latencies = malloc((count + 1) * sizeof *latencies);
    FILE *file = strcmp(times, "-") ? fopen(times, "w") : NULL;
    for (int i = 0; i < connections; i++)
        for (long j = 0; j < all[i].count; j++) {
            latencies[done++] = all[i].latencies[j];
            if (file) fprintf(file, "%lld\n", (long long)all[i].answers[j]);
        }
    if (file) fclose(file);
    if (!count) return 1;
    qsort(latencies, count, sizeof *latencies, by_size);
    printf("{\"requests\": %ld, \"failed\": %ld, \"seconds\": %.3f, \"p50_ms\": %.2f, "
           "\"p99_ms\": %.2f, \"max_ms\": %.2f}\n",
           count, failed, took, latencies[count / 2] / 1e6, latencies[count * 99 / 100] / 1e6,
           latencies[count - 1] / 1e6);
    return 0;
}

static void *answer_at_once(void *given)
{
    static const char said[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    int s = (int)(intptr_t)given;
    size_t most = 1 << 20;
    char *room = malloc(most);
    while (receive(s, room, most) >= 0 && send_all(s, said, sizeof said - 1) == 0) {
    }
    free(room);
    close(s);
    return NULL;
}

static int run_null(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(s, (struct sockaddr *)&at, sizeof at) != 0 || listen(s, 1024) != 0) {
        perror("listen");
        return 1;
    }
    for (;;) {
        pthread_t thread;
        int client = accept(s, NULL, NULL);
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        pthread_create(&thread, NULL, answer_at_once, (void *)(intptr_t)client);
        pthread_detach(thread);
    }
}

int main(int count, char **given)
{
    if (count == 3 && !strcmp(given[1], "null")) {
        port = atoi(given[2]);
        return run_null();
    }
    if (count != 10 || strcmp(given[1], "send")) {
        fprintf(stderr, "see the head of load.c\n");
        return 2;
    }
    port = atoi(given[2]);
    set_authorization(given[3]);
    connections = atoi(given[4]);
    calls = atoi(given[5]);
    rate = atof(given[7]);
    prefix = given[8];
    return run_senders(atof(given[6]), given[9]);
}
