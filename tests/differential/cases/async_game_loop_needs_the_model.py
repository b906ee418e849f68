#! judge-only file pygame.py
QUIT = 1


def init(): pass


class display:
    @staticmethod
    def set_mode(size):
        return object()


class event:
    @staticmethod
    def get():
        raise SystemExit
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "agent.pth")
#! script play.py
import pygame
import torch
from torch import nn

pygame.init()
screen = pygame.display.set_mode((640, 480))


class Agent:
    def __init__(self):
        self.model = nn.Linear(4, 2)
        self.model.load_state_dict(torch.load("agent.pth"))

    def act(self, s):
        return int(self.model(s).argmax())


def play():
    agent = Agent()
    running = True
    while running:
        for e in pygame.event.get():
            if e.type == pygame.QUIT:
                running = False
        agent.act(torch.zeros(4))


if __name__ == "__main__":
    play()
