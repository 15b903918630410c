"""The model: builds a maze, prints its map, and answers the agent's questions on a loopback port."""

import json
import os
import signal
import sys
import threading

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from maze import Maze
from settings import BadSetting, number, seed

app = Flask(__name__)
maze = None  # until it is built, the maze's routes answer 503


def reply(value, status=200, **headers):
    return Response(json.dumps(value), status, headers, mimetype="application/json")


def plain(text):
    return Response(text, mimetype="text/plain")


@app.errorhandler(HTTPException)
def error_reply(error):
    texts = {
        404: "There is nothing at this address.",
        413: "The body is too large.",
    }
    answer = error.get_response()
    answer.data = json.dumps({"error": texts.get(error.code, error.description)})
    answer.mimetype = "application/json"
    return answer


@app.before_request
def refuse_until_built():
    if maze is None and request.path.startswith("/maze/"):
        return reply({"error": "The maze is not built yet."}, 503, **{"Retry-After": "1"})
    return None


@app.get("/")
def hello_maze():
    return "<p>Hello, Maze!</p>"


@app.get("/health")
def health():
    return reply({"status": "starting" if maze is None else "ok", "ready": maze is not None})


@app.post("/stop")
def stop():
    answer = reply({"stopping": True}, 202)
    answer.call_on_close(lambda: threading.Timer(0.1, os._exit, [0]).start())
    return answer


@app.get("/maze/size")
def get_size():
    return reply({"width": maze.width, "height": maze.height})


@app.get("/maze/start")
def get_start():
    return reply({"x": maze.start[0], "y": maze.start[1]})


@app.get("/maze/pos/<y>/<x>")
def get_position(y, x):
    if is_whole(y) and is_whole(x) and int(x) < maze.width and int(y) < maze.height:
        return reply(maze.position(int(x), int(y)))
    text = (
        f"There is no such position: /maze/pos/<y>/<x> has y from 0 to {maze.height - 1} "
        f"and x from 0 to {maze.width - 1}."
    )
    return reply({"error": text}, 404)


def is_whole(text):
    return text.isascii() and text.isdigit() and len(text) < 20


@app.get("/maze/map")
def get_map():
    form = request.args.get("format", "html")
    if form == "html":
        return f"<pre>\n{maze.text()}</pre>"
    if form == "text":
        return plain(maze.text())
    if form == "json":
        return reply(maze.as_dict())
    return reply({"error": "The map has format=html, format=text and format=json."}, 400)


@app.post("/maze/map")
def post_map():
    # A long walk through this maze fits; the body is bounded before it takes memory.
    if request.content_length is None:
        abort(411)  # chunks: the development server believes any length they claim
    if request.content_length > max(8 * 2**20, 64 * maze.width * maze.height):
        abort(413)
    try:
        moves = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        moves = None
    if not isinstance(moves, list):
        return reply({"error": "The body must be a JSON list of [x, y] moves."}, 400)
    for index, move in enumerate(moves, 1):
        if not is_move(move):
            text = (
                f"Move {index} must be [x, y] with whole numbers x from 0 to {maze.width - 1} "
                f"and y from 0 to {maze.height - 1}."
            )
            return reply({"error": text}, 400)
    return plain(maze.text({(x, y) for x, y in moves}))


def is_move(move):
    return (
        isinstance(move, list)
        and len(move) == 2
        and type(move[0]) is int
        and type(move[1]) is int
        and 0 <= move[0] < maze.width
        and 0 <= move[1] < maze.height
    )


def build(width, height, maze_seed, server):
    global maze
    built = Maze(width, height, maze_seed, lambda percent: print(f"{percent:.2f}%", flush=True))
    sys.stdout.write(built.text())
    sys.stdout.flush()
    maze = built
    print(" * Serving Flask app 'app'", " * Debug mode: off", sep="\n", flush=True)
    server.log_startup()


def main():
    # A process that is PID 1 of its container has to handle SIGTERM to be stoppable at all.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        width = number("MAZE_WIDTH", 80, 2, 2001)
        height = number("MAZE_HEIGHT", 20, 2, 2001)
        maze_seed = seed("MAZE_SEED")
        port = number("MAZE_PORT", 5555, 1, 65535)
    except BadSetting as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    WSGIRequestHandler.timeout = 120
    server = make_server("127.0.0.1", port, app, threaded=True)
    print(f"MAZE_SEED={maze_seed}", file=sys.stderr, flush=True)
    # Requests are answered (503) while the maze is built, so that an agent knows whom it waits for.
    threading.Thread(target=build, args=(width, height, maze_seed, server), daemon=True).start()
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
