"""Serves a GGUF model with llama.cpp on loopback, with a chat template that knows tools.

    python serve.py MODEL.gguf PORT

It needs `pip install xllamacpp`. A small model calls tools only if it is shown how: the template beside this file
does that, and llama.cpp's grammar keeps what the model writes to the tools' schemas.
"""

import pathlib
import signal
import sys
import threading

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
alias = parameters.model_alias
parameters.model_alias = ["local"] if isinstance(alias, list) else {"local"} if isinstance(alias, set) else "local"
parameters.hostnames = ["127.0.0.1"]
parameters.port = int(sys.argv[2])
parameters.n_parallel, parameters.n_ctx = 2, 8192
# A small model does not always find an end.
parameters.n_predict = 200
parameters.sampling.temp = 0.0
parameters.use_jinja = True
parameters.chat_template = pathlib.Path(__file__).with_name("tools.jinja").read_text()
server = xllamacpp.Server(parameters)

stopped = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stopped.set())
stopped.wait()
