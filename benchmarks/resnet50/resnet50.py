"""ResNet-50 as torchvision lays it out: 161 parameters, 320 keys, 25.6 million weights."""

from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, inputs, planes, stride=1, downsample=None):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, planes * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(planes * 4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample


class ResNet(nn.Module):
    def __init__(self, depths=(3, 4, 6, 3), num_classes=1000):
        super().__init__()
        self.inputs = 64
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = self._layer(64, depths[0], 1)
        self.layer2 = self._layer(128, depths[1], 2)
        self.layer3 = self._layer(256, depths[2], 2)
        self.layer4 = self._layer(512, depths[3], 2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(2048, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def _layer(self, planes, depth, stride):
        downsample = nn.Sequential(
            nn.Conv2d(self.inputs, planes * 4, 1, stride, bias=False), nn.BatchNorm2d(planes * 4)
        )
        first = Bottleneck(self.inputs, planes, stride, downsample)
        self.inputs = planes * 4
        return nn.Sequential(first, *(Bottleneck(self.inputs, planes) for _ in range(depth - 1)))
