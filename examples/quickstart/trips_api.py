#!/usr/bin/python3
"""The application: GET /trips answers the trips as JSON. APP_VERSION 2 shows a column more, and 3 yet
another; each needs the schema of its release. GET /healthz answers 200 once the query of this version
works."""

import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

VERSION = int(os.environ.get("APP_VERSION", "1"))
COLUMNS = ["id", "origin", "destination", "departs", "seats"]
if VERSION >= 2:
    COLUMNS.append("carrier")
if VERSION >= 3:
    COLUMNS.append("price_cents")
QUERY = f"SELECT {', '.join(COLUMNS)} FROM trips ORDER BY id"


def query(sql):
    connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=3)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            if self.path == "/trips":
                trips = [dict(zip(COLUMNS, row)) for row in query(QUERY)]
                self.answer(200, {"version": VERSION, "trips": trips})
            elif self.path == "/healthz":
                query(QUERY + " LIMIT 1")
                self.answer(200, {"version": VERSION})
            else:
                self.answer(404, {"error": "no such page"})
        except psycopg2.Error as error:
            self.answer(503, {"version": VERSION, "error": str(error).strip().split("\n")[0]})

    def answer(self, status, body):
        data = json.dumps(body, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        # One request a connection, so that none is open when this pod leaves the Service.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False  # what has begun is answered before the process ends
    request_queue_size = 128


def main():
    server = Server(("", 8000), Handler)

    def stop(*_):
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"trips-api version {VERSION} on port 8000")
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    main()
