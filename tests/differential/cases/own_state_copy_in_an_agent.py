#! make
pass
#! judge-only file gym.py
class Space:
    shape = (4,)
    n = 2


class Env:
    observation_space = action_space = Space()


def make(name):
    return Env()
#! script main.py
import gym
import torch
from torch import nn

env = gym.make("CartPole-v1")


class Agent:
    def __init__(self, inputs, outputs):
        self.policy = nn.Linear(inputs, outputs)
        self.target = nn.Linear(inputs, outputs)
        self.target.load_state_dict(self.policy.state_dict())


Agent(env.observation_space.shape[0], env.action_space.n)
#! may be unresolved: copies the state of `self.policy`
