"""The agent: walks through the model's maze to the key and then to the exit.

Exit status: 0 solved, 1 no moves left or a bad setting, 2 model unreachable or in error.
"""

import json
import os
import re
import signal
import sys
import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from settings import BadSetting, Random, escaped, number, seed

ANSWER_LIMIT = 60  # seconds


class ModelRetry(Retry):
    """Waits 0, 0.2, 0.4, 0.8 and then at most 2 seconds, not 120."""

    def get_backoff_time(self):
        return min(2.0, super().get_backoff_time())


class Model:
    """The model's answers over one kept-alive connection."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False  # the model is next door: no proxy
        self.be_patient(60)  # about two minutes for it to start

    def be_patient(self, tries):
        retry = ModelRetry(
            total=tries,
            backoff_factor=0.1,
            status_forcelist=[503],
            allowed_methods=None,
            raise_on_status=False,
        )
        self.session.mount("http://", HTTPAdapter(max_retries=retry))

    def get(self, path):
        answer = self.session.get(self.url + path, timeout=ANSWER_LIMIT)
        answer.raise_for_status()
        return answer.json()

    def map(self, walk):
        body = json.dumps(walk, separators=(",", ":"))
        headers = {"Content-Type": "application/json"}
        answer = self.session.post(
            self.url + "/maze/map", data=body, headers=headers, timeout=ANSWER_LIMIT
        )
        answer.raise_for_status()
        return answer.text


class Walker:
    """Searches depth first with a trail to step back on; begins anew once the key is found."""

    def __init__(self, model, random, step_delay):
        self.model = model
        self.random = random
        self.step_delay = step_delay

    def ask_size_and_start(self):
        size = self.model.get("/maze/size")
        self.width, self.height = int(size["width"]), int(size["height"])
        say("SIZE", {"width": self.width, "height": self.height})
        self.model.be_patient(8)  # it has started: about ten seconds from here on
        start = self.model.get("/maze/start")
        self.here = int(start["x"]), int(start["y"])
        say("START", {"x": self.here[0], "y": self.here[1]})

    def search(self):
        """The cells stood on, in order; None when there are no moves left."""
        visited, trail, history = {self.here}, [], [self.here]
        has_key = False
        while True:
            x, y = self.here
            seen = self.model.get(f"/maze/pos/{y}/{x}")
            if seen["here"] == "K" and not has_key:
                say(self.here, "key found")
                has_key = True
                visited, trail = {self.here}, []
            elif seen["here"] == "E" and has_key:
                say(self.here, "exit")
                return history
            around = {"up": (x, y - 1), "right": (x + 1, y), "down": (x, y + 1), "left": (x - 1, y)}
            fresh = [
                cell
                for side, cell in around.items()
                if seen[side] == 0 and self.is_inside(cell) and cell not in visited
            ]
            if fresh:
                trail.append(self.here)
                self.here = fresh[0] if len(fresh) == 1 else fresh[self.random.below(len(fresh))]
                visited.add(self.here)
            elif trail:
                self.here = trail.pop()
            else:
                return None
            history.append(self.here)
            time.sleep(self.step_delay)

    def is_inside(self, cell):
        return 0 <= cell[0] < self.width and 0 <= cell[1] < self.height


def say(*words):
    print(*words, flush=True)


def model_url():
    text = os.environ.get("MODEL_URL") or "http://127.0.0.1:5555"
    found = re.fullmatch(r"http://(\[[0-9A-Fa-f:.]+\]|[^\s/:@?#\"<>\\]+)(:[0-9]{1,5})?(/[!-~]*)?", text)
    if not found or not 0 < int((found[2] or ":80")[1:]) < 65536:
        allowed = "http://HOST, http://HOST:PORT or either with a path"
        raise BadSetting(f'MODEL_URL is "{escaped(text)}": allowed is {allowed}.')
    return text.rstrip("/")


def main():
    # A process that is PID 1 of its container has to handle SIGTERM to be stoppable at all.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    try:
        url = model_url()
        step_delay = number("AGENT_STEP_DELAY_MS", 0, 0, 60000) / 1000
        random = Random(seed("AGENT_SEED"))
        print_map = number("AGENT_PRINT_MAP", 1, 0, 1) == 1
    except BadSetting as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    model = Model(url)
    try:
        walker = Walker(model, random, step_delay)
        walker.ask_size_and_start()
        walk = walker.search()
        if walk is None:
            say("No moves left")
            return 1
        say("Solution length:", len(walk))
        say(walk)
        if print_map:
            say(model.map(walk).rstrip("\n"))
        return 0
    except (requests.RequestException, LookupError, TypeError, ValueError) as error:
        print(f"ERROR {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    finally:
        model.session.close()


if __name__ == "__main__":
    sys.exit(main())
